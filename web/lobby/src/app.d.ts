declare global {
    namespace App {
        interface Error {
            message: string;
            token?: string;
        }
    }
}

export {};
